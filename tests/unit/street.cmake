# Made-up meshes, rays and streets.

siskin_add_test(NAME synthetic_mesh_test
  SOURCES
    ${PROJECT_SOURCE_DIR}/tests/unit/output_folder_test.cpp
    ${PROJECT_SOURCE_DIR}/tests/unit/ray_caster_test.cpp
    ${PROJECT_SOURCE_DIR}/tests/unit/synthetic_mesh_test.cpp
  LINK siskin_synthetic)

siskin_add_test(NAME street_test
  SOURCES
    ${PROJECT_SOURCE_DIR}/tests/unit/street_test.cpp
    ${PROJECT_SOURCE_DIR}/tests/unit/street_writer_test.cpp
  LINK siskin_synthetic TIMEOUT 900)

siskin_add_test(NAME make_dataset_test SOURCES make_dataset_test.cpp LINK siskin_base fmt::fmt TIMEOUT 900)
target_compile_definitions(make_dataset_test PRIVATE SISKIN_PROGRAM="$<TARGET_FILE:siskin>")
add_dependencies(make_dataset_test siskin)
