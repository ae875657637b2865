# SPDX-License-Identifier: Apache-2.0
# add_unit_test(<name> SOURCES <file>... LIBS <target>...): a cmocka program, pure, labelled "unit".
function(add_unit_test name)
  cmake_parse_arguments(T "" "" "SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${T_SOURCES})
  target_link_libraries(${name} PRIVATE ${T_LIBS} aftercare_warnings PkgConfig::CMOCKA)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 60)
endfunction()

# add_component_test(<name> SOURCES <file>... LIBS <target>...): a cmocka program with a Postgres of its own, whose
# superuser it finds in TEST_DATABASE_URL; labelled "component".
function(add_component_test name)
  cmake_parse_arguments(T "" "" "SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${T_SOURCES})
  target_link_libraries(${name} PRIVATE ${T_LIBS} aftercare_warnings PkgConfig::CMOCKA Threads::Threads)
  add_test(NAME ${name} COMMAND ${CMAKE_SOURCE_DIR}/tests/support/with-postgres $<TARGET_FILE:${name}>)
  set_tests_properties(${name} PROPERTIES LABELS component TIMEOUT 180)
endfunction()

# add_service(<name> RULES <file>... HANDLERS <file>... TESTS <test_x.c>...): the rules library (pure: core
# only), the program, the unit tests of the rules, the installed policies.
function(add_service name)
  cmake_parse_arguments(S "" "" "RULES;HANDLERS;TESTS;LIBS" ${ARGN})
  add_library(${name}_rules STATIC ${S_RULES})
  target_include_directories(${name}_rules PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name}_rules PUBLIC core ${S_LIBS} PRIVATE aftercare_warnings)
  set_target_properties(${name}_rules PROPERTIES LINKER_LANGUAGE C)

  add_executable(${name} main.c ${S_HANDLERS})
  target_link_libraries(${name} PRIVATE ${name}_rules runtime aftercare_proto aftercare_warnings)
  install(TARGETS ${name} RUNTIME DESTINATION bin)
  install(DIRECTORY schema policies DESTINATION share/aftercare/${name} OPTIONAL)

  foreach(test ${S_TESTS})
    get_filename_component(stem ${test} NAME_WE)
    add_unit_test(${name}_${stem} SOURCES ${test} LIBS ${name}_rules)
  endforeach()
endfunction()
