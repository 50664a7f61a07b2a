siskin_add_test(NAME point_ops_neighbours_test SOURCES point_ops_neighbours_test.cpp point_ops_test.cpp
  LINK siskin_test_tensors siskin_points)
siskin_add_test(NAME point_ops_grid_test SOURCES point_ops_grid_test.cpp point_ops_test.cpp
  LINK siskin_test_tensors siskin_points)
siskin_add_test(NAME point_ops_conv_test SOURCES point_ops_conv_test.cpp point_ops_test.cpp
  LINK siskin_test_tensors siskin_points)
siskin_add_test(NAME point_networks_test SOURCES point_networks_test.cpp
  LINK siskin_test_tensors siskin_models)
siskin_add_test(NAME point_layers_test SOURCES point_layers_test.cpp point_ops_test.cpp
  LINK siskin_test_tensors siskin_nn)
siskin_add_test(NAME frustum_network_test SOURCES frustum_network_test.cpp
  LINK siskin_test_tensors siskin_models)
