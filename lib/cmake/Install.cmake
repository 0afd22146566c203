# What `cmake --install` puts where: the program, the library with its headers, the node definitions, and a package, so
# that another project says find_package(vnode) and links vnode::vnode.
include(CMakePackageConfigHelpers)

install(TARGETS libvnode EXPORT vnodeTargets)
if(TARGET vnode)
  install(TARGETS vnode)
  # Not below CMAKE_INSTALL_LIBDIR: systemd looks into lib whatever the architecture.
  install(FILES ${PROJECT_SOURCE_DIR}/apps/systemd/vnode.socket DESTINATION lib/systemd/user)
  # The unit names the program, and only `cmake --install --prefix` knows for certain where that is.
  install(CODE "
    set(program \"${CMAKE_INSTALL_BINDIR}/vnode\")
    set(unit lib/systemd/user/vnode.service)
    cmake_path(ABSOLUTE_PATH program BASE_DIRECTORY \"\${CMAKE_INSTALL_PREFIX}\" NORMALIZE)
    cmake_path(ABSOLUTE_PATH unit BASE_DIRECTORY \"\${CMAKE_INSTALL_PREFIX}\" NORMALIZE)
    message(STATUS \"Installing: \$ENV{DESTDIR}\${unit}\")
    configure_file(\"${PROJECT_SOURCE_DIR}/apps/systemd/vnode.service.in\" \"\$ENV{DESTDIR}\${unit}\" @ONLY)
    list(APPEND CMAKE_INSTALL_MANIFEST_FILES \"\${unit}\")")
  # Manual pages and the scripts of shells are what the program itself says.
  install(CODE "
    set(pages \"${CMAKE_INSTALL_MANDIR}/man1\")
    set(bash \"${CMAKE_INSTALL_DATADIR}/bash-completion/completions/vnode\")
    set(zsh \"${CMAKE_INSTALL_DATADIR}/zsh/site-functions/_vnode\")
    set(fish \"${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d/vnode.fish\")
    cmake_path(ABSOLUTE_PATH pages BASE_DIRECTORY \"\${CMAKE_INSTALL_PREFIX}\" NORMALIZE)
    message(STATUS \"Installing: \$ENV{DESTDIR}\${pages}\")
    execute_process(COMMAND \"$<TARGET_FILE:vnode>\" man --pages \"\$ENV{DESTDIR}\${pages}\" COMMAND_ERROR_IS_FATAL ANY)
    file(GLOB written RELATIVE \"\$ENV{DESTDIR}\${pages}\" \"\$ENV{DESTDIR}\${pages}/vnode*.1\")
    list(TRANSFORM written PREPEND \"\${pages}/\")
    list(APPEND CMAKE_INSTALL_MANIFEST_FILES \${written})
    foreach(shell bash zsh fish)
      cmake_path(ABSOLUTE_PATH \${shell} BASE_DIRECTORY \"\${CMAKE_INSTALL_PREFIX}\" NORMALIZE)
      cmake_path(GET \${shell} PARENT_PATH folder)
      message(STATUS \"Installing: \$ENV{DESTDIR}\${\${shell}}\")
      file(MAKE_DIRECTORY \"\$ENV{DESTDIR}\${folder}\")
      execute_process(COMMAND \"$<TARGET_FILE:vnode>\" completion \${shell} OUTPUT_FILE \"\$ENV{DESTDIR}\${\${shell}}\"
        COMMAND_ERROR_IS_FATAL ANY)
      list(APPEND CMAKE_INSTALL_MANIFEST_FILES \"\${\${shell}}\")
    endforeach()")
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/lib/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/vnode FILES_MATCHING PATTERN *.h
  PATTERN cmake EXCLUDE)
install(FILES ${PROJECT_SOURCE_DIR}/nodes/native_nodes.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/vnode/nodes)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/nodes/ DESTINATION ${CMAKE_INSTALL_DATADIR}/vnode/nodes FILES_MATCHING
  PATTERN *.json)

set_target_properties(libvnode PROPERTIES EXPORT_NAME vnode)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/vnode)
install(EXPORT vnodeTargets NAMESPACE vnode:: DESTINATION ${package_folder})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/vnodeConfig.cmake.in ${PROJECT_BINARY_DIR}/vnodeConfig.cmake
  INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/vnodeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/vnodeConfig.cmake ${PROJECT_BINARY_DIR}/vnodeConfigVersion.cmake
  DESTINATION ${package_folder})
