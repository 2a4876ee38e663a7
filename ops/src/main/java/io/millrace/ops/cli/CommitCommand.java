package io.millrace.ops.cli;

import io.millrace.ops.rest.Json;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace commit}. */
@Command(
    name = "commit",
    mixinStandardHelpOptions = true,
    description = "Charges what was used of a reservation. Needs a running node.")
public final class CommitCommand extends DeskCommand {
  @Parameters(index = "0", paramLabel = "RESERVATION", description = "its id")
  private String reservation;

  @Parameters(index = "1", paramLabel = "METER", description = "the reservation's")
  private String meter;

  @Parameters(index = "2", paramLabel = "QUANTITY", description = "in the meter's unit")
  private String quantity;

  @Option(names = "--more", description = "there is more to come; else what is left is released")
  private boolean more;

  @Mixin private final Said said = new Said();

  @Mixin private final Once once = new Once();

  @Override
  Map<String, Object> ask(Desk desk) throws Exception {
    return desk.once(
        "/v1/reservations/" + Desk.escaped(reservation) + "/commit",
        once.key(),
        Json.object(
            "meter", meter, "quantity", quantity, "last", !more, "attributes", said.attributes()));
  }

  @Override
  void print(PrintWriter out, Map<String, Object> tree) {
    out.printf(
        "%s %s: %s %s for %s %s, %s held, %s available%n",
        Text.of(tree, "id"),
        Text.of(tree, "outcome"),
        Text.of(tree, "quantity"),
        Text.of(tree, "unit"),
        Text.of(tree, "amount"),
        Text.of(tree, "currency"),
        Text.of(tree, "held"),
        Text.of(tree, "available"));
  }
}
