# The same tests for every implementation: those that run everywhere, and "cuda" on the emulator.
foreach(part neighbours grid conv)
  set(sources point_ops_${part}_test.cpp point_ops_test.cpp)
  siskin_add_test(NAME point_ops_${part}_test SOURCES ${sources} ../support/point_implementations.cpp
    LINK siskin_test_tensors siskin_points)
  if(TARGET siskin_cuda_emulated)
    siskin_add_test(NAME emulated_point_ops_${part}_test
      SOURCES ${sources} ../gpu/point_implementations_cuda.cpp ../gpu/point_on_host.cpp
      LINK siskin_test_tensors siskin_cuda_emulated)
  endif()
endforeach()
if(TARGET siskin_cuda_emulated)
  siskin_add_test(NAME emulated_point_kernels_test
    SOURCES ../gpu/point_kernels_test.cpp point_ops_test.cpp
            ../gpu/point_implementations_cuda.cpp ../gpu/point_on_host.cpp
    LINK siskin_test_tensors siskin_cuda_emulated)
  siskin_add_test(NAME emulated_point_order_test SOURCES ../gpu/point_order_test.cpp point_ops_test.cpp
    LINK siskin_test_tensors siskin_cuda_emulated)
endif()
siskin_add_test(NAME point_networks_test SOURCES point_networks_test.cpp
  LINK siskin_test_tensors siskin_models)
siskin_add_test(NAME point_layers_test SOURCES point_layers_test.cpp point_ops_test.cpp
  LINK siskin_test_tensors siskin_nn)
siskin_add_test(NAME frustum_network_test SOURCES frustum_network_test.cpp
  LINK siskin_test_tensors siskin_models)
