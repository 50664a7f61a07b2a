# "cuda" of SparseOps on a GPU; on the emulator: tests/unit/sparse.cmake.
foreach(test sparse_map sparse_conv point_voxel)
  siskin_add_gpu_test(NAME gpu_${test}_test
    SOURCES ../unit/${test}_test.cpp sparse_implementations_cuda.cpp sparse_on_host.cpp
    LINK siskin_test_tensors siskin_cuda)
endforeach()
siskin_add_gpu_test(NAME gpu_cuda_conv_test SOURCES cuda_conv_test.cpp sparse_on_host.cpp
  LINK siskin_test_tensors siskin_cuda)
siskin_add_gpu_test(NAME gpu_cuda_network_test SOURCES cuda_network_test.cpp
  LINK siskin_test_tensors siskin_cuda siskin_run siskin_models)
