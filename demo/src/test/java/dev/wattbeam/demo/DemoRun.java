package dev.wattbeam.demo;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * What one run of the demo in this process did.
 *
 * @param code exit code
 * @param out standard output
 * @param err standard error output
 */
record DemoRun(int code, String out, String err) {
  static DemoRun of(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Demo.run(args, new PrintWriter(out), new PrintWriter(err), false);
    return new DemoRun(code, out.toString(), err.toString());
  }
}
