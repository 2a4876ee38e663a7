package io.millrace.ops.cli;

import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code millrace release}. */
@Command(
    name = "release",
    mixinStandardHelpOptions = true,
    description = "Lets go of what is left of a reservation. Needs a running node.")
public final class ReleaseCommand extends DeskCommand {
  @Parameters(paramLabel = "RESERVATION", description = "its id")
  private String reservation;

  @Mixin private final Once once = new Once();

  @Override
  Map<String, Object> ask(Desk desk) throws Exception {
    return desk.once(
        "/v1/reservations/" + Desk.escaped(reservation) + "/release", once.key(), Map.of());
  }

  @Override
  void print(PrintWriter out, Map<String, Object> tree) {
    out.printf(
        "%s %s: %s %s were held, %s available%n",
        Text.of(tree, "id"),
        Text.of(tree, "outcome"),
        Text.of(tree, "amount"),
        Text.of(tree, "currency"),
        Text.of(tree, "available"));
  }
}
