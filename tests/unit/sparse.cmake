siskin_add_test(NAME sparse_map_test SOURCES sparse_map_test.cpp ../support/sparse_implementations.cpp
  LINK siskin_test_tensors siskin_sparse)
siskin_add_test(NAME sparse_conv_test SOURCES sparse_conv_test.cpp ../support/sparse_implementations.cpp
  LINK siskin_test_tensors siskin_sparse)
siskin_add_test(NAME point_voxel_test SOURCES point_voxel_test.cpp ../support/sparse_implementations.cpp
  LINK siskin_test_tensors siskin_sparse)
siskin_add_test(NAME sparse_precision_test SOURCES sparse_precision_test.cpp LINK siskin_test_tensors siskin_sparse)
siskin_add_test(NAME tensor_pool_test SOURCES tensor_pool_test.cpp LINK siskin_test_tensors siskin_sparse)
siskin_add_test(NAME sparse_cpu_test SOURCES sparse_cpu_test.cpp LINK siskin_test_tensors siskin_sparse)
siskin_add_test(NAME sparse_gradient_test SOURCES sparse_gradient_test.cpp LINK siskin_test_tensors siskin_sparse)

# The kernels for GPUs, on the emulator; on a GPU: tests/gpu/sparse.cmake.
if(TARGET siskin_cuda_emulated)
  foreach(test sparse_map sparse_conv point_voxel)
    siskin_add_test(NAME emulated_${test}_test
      SOURCES ${test}_test.cpp ../gpu/sparse_implementations_cuda.cpp ../gpu/sparse_on_host.cpp
      LINK siskin_test_tensors siskin_cuda_emulated)
  endforeach()
  siskin_add_test(NAME emulated_cuda_conv_test SOURCES ../gpu/cuda_conv_test.cpp ../gpu/sparse_on_host.cpp
    LINK siskin_test_tensors siskin_cuda_emulated)
  siskin_add_test(NAME emulated_sparse_order_test SOURCES ../gpu/sparse_order_test.cpp
    LINK siskin_test_tensors siskin_cuda_emulated)
  siskin_add_test(NAME cost_model_test SOURCES cost_model_test.cpp LINK siskin_test_tensors siskin_cuda_emulated)
  siskin_add_test(NAME emulated_cuda_network_test SOURCES ../gpu/cuda_network_test.cpp
    LINK siskin_test_tensors siskin_cuda_emulated siskin_run siskin_models)
endif()
