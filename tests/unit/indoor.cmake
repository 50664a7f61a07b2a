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
