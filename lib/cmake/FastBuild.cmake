# What makes building quick: sources compiled several at once, standard headers read once, and the tools that are there.
# Included before any target is made.

option(VNODE_UNITY "Compile several sources of a folder at once; off for daily work: a change then compiles one of them" ON)
option(VNODE_FAST_TOOLS "Use ccache and mold where they are installed" ON)

if(VNODE_FAST_TOOLS)
  find_program(VNODE_CCACHE ccache)
  if(VNODE_CCACHE)
    # Without these it leaves everything alone that uses a precompiled header.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${VNODE_CCACHE})
  endif()
  find_program(VNODE_MOLD mold)
  if(VNODE_MOLD)
    # Not what is installed and measured: its programs start with a few more instructions.
    add_link_options($<$<NOT:$<CONFIG:Release>>:-fuse-ld=mold>)
  endif()
endif()
mark_as_advanced(VNODE_CCACHE VNODE_MOLD)

if(VNODE_UNITY AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # A source that another one includes is no header: what is unnamed in it may be part of its classes.
  add_compile_options(-Wno-subobject-linkage)
endif()

# vnode_fast_target(NAME HEADERS): compiles the sources of a target together, and with what the target HEADERS precompiles.
# Names in unnamed namespaces are therefore unique within a folder.
function(vnode_fast_target name headers)
  set_target_properties(${name} PROPERTIES UNITY_BUILD ${VNODE_UNITY} UNITY_BUILD_BATCH_SIZE 32)
  target_precompile_headers(${name} REUSE_FROM ${headers})
endfunction()

# vnode_waiting_target(NAME): of code that waits for people, sockets and disks most of its time. In a release -O1 costs nothing
# that can be seen there, and a third less to compile.
function(vnode_waiting_target name)
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 at -O1 does not follow the flag of a std::optional.
    target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-Wno-maybe-uninitialized>)
  endif()
endfunction()
