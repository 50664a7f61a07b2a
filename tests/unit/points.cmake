siskin_add_test(NAME point_ops_neighbours_test SOURCES point_ops_neighbours_test.cpp point_ops_test.cpp
  LINK siskin_test_tensors siskin_points)
siskin_add_test(NAME point_ops_grid_test SOURCES point_ops_grid_test.cpp point_ops_test.cpp
  LINK siskin_test_tensors siskin_points)
siskin_add_test(NAME point_ops_conv_test SOURCES point_ops_conv_test.cpp point_ops_test.cpp
  LINK siskin_test_tensors siskin_points)
