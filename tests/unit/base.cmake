# Tests of core/base, core/energy, gpu and of the house itself; included by CMakeLists.txt beside it.

siskin_add_test(NAME json_and_hash_test SOURCES json_text_test.cpp sha256_test.cpp
  LINK siskin_json siskin_sha256)
siskin_add_test(NAME file_test SOURCES file_test.cpp LINK siskin_base)
siskin_add_test(NAME parallel_test SOURCES parallel_test.cpp LINK siskin_base)
siskin_add_test(NAME energy_test SOURCES energy_test.cpp LINK siskin_energy)
siskin_add_test(NAME grid_test SOURCES grid_test.cpp LINK siskin_energy)
siskin_add_test(NAME meter_test SOURCES meter_test.cpp meter_overlap_test.cpp LINK siskin_energy)

add_library(siskin_fake_cuda MODULE fake_cuda_driver.cpp)
siskin_apply_warnings(siskin_fake_cuda)
siskin_add_test(NAME cuda_devices_test SOURCES cuda_devices_test.cpp LINK siskin_gpu)
target_compile_definitions(cuda_devices_test PRIVATE SISKIN_FAKE_CUDA_DRIVER="$<TARGET_FILE:siskin_fake_cuda>")
add_dependencies(cuda_devices_test siskin_fake_cuda)

find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(architecture ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tests/unit/architecture_test.py)
add_test(NAME architecture_includes COMMAND ${architecture} --self-test ${PROJECT_SOURCE_DIR})
add_test(NAME architecture_binaries COMMAND ${architecture} --binaries ${PROJECT_BINARY_DIR})
set_tests_properties(architecture_includes architecture_binaries PROPERTIES LABELS unit TIMEOUT 60)
