siskin_add_test(NAME indoor_readers_test
  SOURCES
    ${PROJECT_SOURCE_DIR}/tests/unit/s3dis_test.cpp
    ${PROJECT_SOURCE_DIR}/tests/unit/shapenetpart_test.cpp
  LINK siskin_datasets)

siskin_add_test(NAME indoor_real_test
  SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/indoor_real_test.cpp
  LINK siskin_datasets
  LABELS golden
  NEEDS data)

siskin_add_test(NAME synthetic_shapes_test
  SOURCES
    ${PROJECT_SOURCE_DIR}/tests/unit/shape_models_test.cpp
    ${PROJECT_SOURCE_DIR}/tests/unit/shape_set_test.cpp
  LINK siskin_synthetic)

siskin_add_test(NAME synthetic_rooms_test
  SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/room_set_test.cpp
  LINK siskin_synthetic)

siskin_add_test(NAME point_files_test
  SOURCES
    ${PROJECT_SOURCE_DIR}/tests/unit/point_files_odd_test.cpp
    ${PROJECT_SOURCE_DIR}/tests/unit/point_files_test.cpp
  LINK siskin_datasets)

siskin_add_test(NAME point_files_real_test
  SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/point_files_real_test.cpp
  LINK siskin_datasets
  LABELS golden
  NEEDS data)

siskin_add_test(NAME room_blocks_test
  SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/room_blocks_test.cpp
  LINK siskin_scan)

siskin_add_test(NAME room_blocks_real_test
  SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/room_blocks_real_test.cpp
  LINK siskin_datasets
  LABELS golden
  NEEDS data)

if(SISKIN_HDF5)
  siskin_add_test(NAME prepare_test
    SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/prepare_test.cpp
    LINK siskin_cli siskin_s3dis_preparation siskin_hdf5)
endif()
