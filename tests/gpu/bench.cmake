# Whole networks on a GPU; on the emulator: tests/bench/CMakeLists.txt.
set(bench_sources cuda_bench.cpp cuda_layers.cpp cuda_tables.cpp cuda_times.cpp voxel_frames.cpp)
list(TRANSFORM bench_sources PREPEND ../bench/)
siskin_add_gpu_bench(cuda_bench SOURCES ${bench_sources}
  LINK siskin_models siskin_synthetic siskin_test_tensors siskin_cuda nlohmann_json::nlohmann_json
       Boost::program_options ZLIB::ZLIB)
target_compile_definitions(cuda_bench PRIVATE SISKIN_CUDA)
