add_library(siskin_test_checkpoint_files STATIC ${CMAKE_CURRENT_LIST_DIR}/checkpoint_files.cpp)
target_link_libraries(siskin_test_checkpoint_files PUBLIC siskin_checkpoint siskin_test_support PRIVATE ZLIB::ZLIB)
siskin_apply_warnings(siskin_test_checkpoint_files)

siskin_add_test(NAME checkpoint_test
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/checkpoint_pickle_test.cpp ${CMAKE_CURRENT_LIST_DIR}/checkpoint_zip_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/checkpoint_read_test.cpp ${CMAKE_CURRENT_LIST_DIR}/checkpoint_hostile_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/checkpoint_safetensors_test.cpp
  LINK siskin_test_checkpoint_files)

siskin_add_test(NAME checkpoint_fuzz_test
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/../fuzz/checkpoint_fuzz_test.cpp
  LINK siskin_test_checkpoint_files)

siskin_add_test(NAME checkpoint_golden_test SOURCES ${CMAKE_CURRENT_LIST_DIR}/checkpoint_golden_test.cpp
  LINK siskin_test_tensors LABELS golden NEEDS data)
