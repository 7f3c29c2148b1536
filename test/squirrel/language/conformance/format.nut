// format: C's printf.
print(format("[%d] [%5d] [%-5d] [%05d] [%+d] [% d]", 42, 42, 42, 42, 42, 42) + "\n")
print(format("[%x] [%X] [%#x] [%08x] [%o] [%u] [%c]", 255, 255, 255, 48879, 8, -1, 'A') + "\n")
print(format("[%f] [%.2f] [%8.3f] [%-8.1f] [%e] [%g] [%G] [%.3g]", 3.14159, 3.14159, 3.14159, 3.14159, 12345.678, 0.00001, 1e10, 1234.5) + "\n")
print(format("[%s] [%8s] [%-8s] [%.2s] [%%]", "text", "text", "text", "text") + "\n")
print(format("%d %i %f %.1f", 3.99, -3.99, 2, 1) + "\n")
print(format("no arguments") + format("%.0f %.0f %.0f", 0.5, 1.5, 2.5) + "\n")
foreach (args in [["%d", "x"], ["%s", 5], ["%f", "x"], ["%d"], ["%k", 1], ["%1234d", 1], ["%"]]) {
  args.insert(0, this)
  try { format.acall(args) } catch (e) { print(e + "\n") }
}
