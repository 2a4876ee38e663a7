package io.millrace.ops.cli;

import io.millrace.ops.rest.Json;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace reserve}. */
@Command(
    name = "reserve",
    mixinStandardHelpOptions = true,
    description = "Asks for a quantity before it is used. Needs a running node.")
public final class ReserveCommand extends DeskCommand {
  @Parameters(index = "0", paramLabel = "DEVICE", description = "its subject")
  private String device;

  @Parameters(index = "1", paramLabel = "METER", description = "of the catalog")
  private String meter;

  @Parameters(index = "2", paramLabel = "QUANTITY", description = "in the meter's unit")
  private String quantity;

  @Option(names = "--partial", description = "less will do")
  private boolean partial;

  @Option(
      names = "--valid-for",
      paramLabel = "SECONDS",
      description = "until it expires (${DEFAULT-VALUE})")
  private int validFor = 600;

  @Option(names = "--dry-run", description = "prices it and reserves nothing")
  private boolean dryRun;

  @Mixin private final Said said = new Said();

  @Mixin private final Once once = new Once();

  @Override
  Map<String, Object> ask(Desk desk) throws Exception {
    return desk.once(
        "/v1/reservations",
        once.key(),
        Json.object(
            "device", device,
            "meter", meter,
            "quantity", quantity,
            "partial", partial,
            "validFor", validFor,
            "dryRun", dryRun,
            "attributes", said.attributes()));
  }

  @Override
  void print(PrintWriter out, Map<String, Object> tree) {
    out.printf(
        "%s%s: %s %s for %s %s%s, %s available%n",
        tree.containsKey("id") ? Text.of(tree, "id") + " " : "",
        Text.of(tree, "outcome"),
        Text.of(tree, "quantity"),
        Text.of(tree, "unit"),
        Text.of(tree, "amount"),
        Text.of(tree, "currency"),
        tree.containsKey("sponsored")
            ? " beside " + Text.of(tree, "sponsored") + " by sponsors"
            : "",
        Text.of(tree, "available"));
  }
}
