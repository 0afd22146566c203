#pragma once

#include <optional>
#include <string>

#include "base/secret_mask.h"
#include "model/value.h"

namespace vnode {

struct StoredSubmission;

/// The params of run.submit as the store has them, without the document. Of a run of a group its own
/// parameters come behind those of all. nullopt where what is stored is damaged.
std::optional<Dict> stored_params(const StoredSubmission& stored);

/// What a run, or a group, was submitted with, as `run.get` tells it (lib/rpc/protocol.md): what was said of
/// `kSubmissionFields`, in its order, without the document; of variables and secrets only the names. None
/// where it cannot be told.
///
/// `secrets`: its values, which stand nowhere in the result. Null: it has none, or nobody knows them any
/// more; then the values of its parameters are left out, since one of them may stand there.
Value submitted_value(const StoredSubmission& stored, const Secrets* secrets);

}  // namespace vnode
