siskin_add_test(NAME scan_test
  SOURCES
    ${PROJECT_SOURCE_DIR}/tests/unit/class_map_test.cpp
    ${PROJECT_SOURCE_DIR}/tests/unit/confusion_test.cpp
    ${PROJECT_SOURCE_DIR}/tests/unit/dataset_open_test.cpp
    ${PROJECT_SOURCE_DIR}/tests/unit/demo_assets_test.cpp
    ${PROJECT_SOURCE_DIR}/tests/unit/demo_test.cpp
    ${PROJECT_SOURCE_DIR}/tests/unit/folder_report_test.cpp
    ${PROJECT_SOURCE_DIR}/tests/unit/nuscenes_sweeps_test.cpp
    ${PROJECT_SOURCE_DIR}/tests/unit/nuscenes_test.cpp
    ${PROJECT_SOURCE_DIR}/tests/unit/semantickitti_test.cpp
    ${PROJECT_SOURCE_DIR}/tests/unit/splits_test.cpp
  LINK siskin_datasets siskin_eval nlohmann_json::nlohmann_json)

siskin_add_test(NAME real_scans_test
  SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/real_scans_test.cpp
  LINK siskin_datasets siskin_eval nlohmann_json::nlohmann_json
  LABELS golden
  NEEDS data)

siskin_add_test(NAME nuscenes_writer_test
  SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/nuscenes_writer_test.cpp
  LINK siskin_synthetic nlohmann_json::nlohmann_json)
