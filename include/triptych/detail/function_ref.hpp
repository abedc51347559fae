// triptych/detail/function_ref.hpp: a callable, borrowed and type-erased: for what is not hot, and would be compiled once for each caller.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

template <class Signature>
class function_ref;

/// Borrows any callable; outlived by it.
template <class R, class... A>
class function_ref<R(A...)> {
public:
    template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, function_ref> && std::is_invocable_r_v<R, F &, A...>)
        function_ref(F &&f)
    noexcept
        : object_(const_cast<void *>(static_cast<void const *>(std::addressof(f)))),
          call_([](void *object, A... a) -> R {
              return (*static_cast<std::remove_reference_t<F> *>(object))(std::forward<A>(a)...);
          }) {}
    auto operator()(A... a) const -> R { return call_(object_, std::forward<A>(a)...); }

private:
    void *object_;
    R (*call_)(void *, A...);
};

} // namespace triptych::inline TRIPTYCH_ABI
