# SPDX-License-Identifier: Apache-2.0
# add_protobuf_c(<target> <root> <file.proto>...): a static library of generated C; includes are
# "<file>.pb-c.h", relative to <root>.
find_program(PROTOC protoc REQUIRED)
find_program(PROTOC_GEN_C protoc-gen-c REQUIRED)

function(add_protobuf_c target root)
  set(sources)
  foreach(file ${ARGN})
    string(REGEX REPLACE "\\.proto$" "" stem ${file})
    set(out ${CMAKE_CURRENT_BINARY_DIR}/gen/${stem}.pb-c)
    add_custom_command(OUTPUT ${out}.c ${out}.h
      COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/gen
      COMMAND ${PROTOC} --plugin=protoc-gen-c=${PROTOC_GEN_C}
              --c_out=${CMAKE_CURRENT_BINARY_DIR}/gen -I${root} ${root}/${file}
      DEPENDS ${root}/${file} VERBATIM)
    list(APPEND sources ${out}.c)
  endforeach()
  add_library(${target} STATIC ${sources})
  target_include_directories(${target} SYSTEM PUBLIC ${CMAKE_CURRENT_BINARY_DIR}/gen)
  target_link_libraries(${target} PUBLIC PkgConfig::PROTOBUF_C)
  # google/protobuf/*.pb-c.h: generated from the definitions that protobuf installs.
endfunction()
