;; A component that is one, and exports something that no policy exports.
(component
  (core module $m (func (export "greet") (result i32) i32.const 42))
  (core instance $i (instantiate $m))
  (func $greet (result u32) (canon lift (core func $i "greet")))
  (instance $greeter (export "greet" (func $greet)))
  (export "example:other/greeter@1.0.0" (instance $greeter)))
