package io.millrace.ops.cli;

import io.millrace.ops.Millrace;
import io.millrace.ops.rest.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** What {@code millrace rate} has done: its exit code, and what it wrote. */
record RanRate(int code, String out, String err) {
  static RanRate of(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of("rate"));
    Collections.addAll(all, args);
    int code =
        Millrace.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
            .execute(all.toArray(String[]::new));
    return new RanRate(code, out.toString(), err.toString());
  }

  Map<String, Object> tree() throws IOException {
    return Json.readObject(out.getBytes(StandardCharsets.UTF_8));
  }
}
