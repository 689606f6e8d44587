;; A component that wants what no host of ours offers.
(component
  (import "example:other/dynamite" (instance (export "light" (func)))))
