# SPDX-License-Identifier: Apache-2.0
# add_protobuf_c(<target> <root> <file.proto>...): a static library of generated C; includes are
# "<file>.pb-c.h", relative to <root>. Well-known types come from the target google_protobuf_c.
find_program(PROTOC protoc REQUIRED)
find_program(PROTOC_GEN_C protoc-gen-c REQUIRED)
find_path(PROTOBUF_INCLUDE google/protobuf/timestamp.proto REQUIRED)

function(add_protobuf_c target root)
  set(gen ${CMAKE_CURRENT_BINARY_DIR}/${target})
  file(MAKE_DIRECTORY ${gen})
  set(sources)
  foreach(file ${ARGN})
    string(REGEX REPLACE "\\.proto$" "" stem ${file})
    add_custom_command(OUTPUT ${gen}/${stem}.pb-c.c ${gen}/${stem}.pb-c.h
      COMMAND ${PROTOC} --plugin=protoc-gen-c=${PROTOC_GEN_C} --c_out=${gen}
              -I${root} -I${PROTOBUF_INCLUDE} ${root}/${file}
      DEPENDS ${root}/${file} VERBATIM)
    list(APPEND sources ${gen}/${stem}.pb-c.c)
  endforeach()
  add_library(${target} STATIC ${sources})
  target_include_directories(${target} SYSTEM PUBLIC ${gen})
  target_link_libraries(${target} PUBLIC PkgConfig::PROTOBUF_C)
  if(NOT target STREQUAL google_protobuf_c)
    target_link_libraries(${target} PUBLIC google_protobuf_c)
  endif()
endfunction()

add_protobuf_c(google_protobuf_c ${PROTOBUF_INCLUDE}
  google/protobuf/timestamp.proto google/protobuf/duration.proto)
