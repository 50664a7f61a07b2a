# "cuda" of PointOps on a GPU; on the emulator: tests/unit/points.cmake.
set(point_sources ../unit/point_ops_test.cpp point_implementations_cuda.cpp point_on_host.cpp)
foreach(part neighbours grid conv)
  siskin_add_gpu_test(NAME gpu_point_ops_${part}_test
    SOURCES ../unit/point_ops_${part}_test.cpp ${point_sources}
    LINK siskin_test_tensors siskin_cuda)
endforeach()
siskin_add_gpu_test(NAME gpu_point_kernels_test SOURCES point_kernels_test.cpp ${point_sources}
  LINK siskin_test_tensors siskin_cuda)
