#pragma once

#include <gtest/gtest.h>

#include "support/scratch_folder.h"
#include "unit/python/python_support.h"

namespace vnode::test {

/// A user with a home of their own, and no variable that says where a daemon is or how it is reached.
struct UserPlaces : testing::Test {
  ScratchFolder folder;
  EnvironmentEntry home{"HOME", folder.path()};
  EnvironmentEntry config{"XDG_CONFIG_HOME", nullptr};
  EnvironmentEntry state{"XDG_STATE_HOME", nullptr};
  EnvironmentEntry runtime{"XDG_RUNTIME_DIR", nullptr};
  EnvironmentEntry state_dir{"VNODE_STATE_DIR", nullptr};
  EnvironmentEntry socket{"VNODE_SOCKET", nullptr};
  EnvironmentEntry connect{"VNODE_CONNECT", nullptr};
  EnvironmentEntry token{"VNODE_TOKEN_FILE", nullptr};
  EnvironmentEntry tls_ca{"VNODE_TLS_CA", nullptr};
};

}  // namespace vnode::test
