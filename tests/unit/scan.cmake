siskin_add_test(NAME scan_test
  SOURCES
    ${PROJECT_SOURCE_DIR}/tests/unit/class_map_test.cpp
    ${PROJECT_SOURCE_DIR}/tests/unit/confusion_test.cpp
    ${PROJECT_SOURCE_DIR}/tests/unit/dataset_open_test.cpp
    ${PROJECT_SOURCE_DIR}/tests/unit/semantickitti_test.cpp
    ${PROJECT_SOURCE_DIR}/tests/unit/synthetic_test.cpp
  LINK siskin_datasets siskin_eval)

siskin_add_test(NAME real_scans_test
  SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/real_scans_test.cpp
  LINK siskin_datasets siskin_eval
  LABELS golden
  NEEDS data)
