# Cones: made-up tracks, clusters, networks for single objects, scores.
siskin_add_test(NAME track_test SOURCES track_test.cpp LINK siskin_synthetic TIMEOUT 900)
siskin_add_test(NAME objects_test SOURCES objects_test.cpp LINK siskin_objects)
siskin_add_test(NAME object_network_test SOURCES object_network_test.cpp
  LINK siskin_test_tensors siskin_train siskin_run siskin_models)
siskin_add_test(NAME cone_scores_test SOURCES cone_scores_test.cpp LINK siskin_report)
siskin_add_test(NAME cones_command_test SOURCES cones_command_test.cpp
  LINK siskin_base nlohmann_json::nlohmann_json TIMEOUT 900)
target_compile_definitions(cones_command_test PRIVATE SISKIN_PROGRAM="$<TARGET_FILE:siskin>")
add_dependencies(cones_command_test siskin)
