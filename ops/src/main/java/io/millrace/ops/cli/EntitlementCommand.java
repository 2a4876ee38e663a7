package io.millrace.ops.cli;

import java.io.PrintWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace account entitlement}. */
@Command(
    name = "entitlement",
    mixinStandardHelpOptions = true,
    description =
        "Says whether a device's feature is unlocked, and until when. Needs a running node.")
final class EntitlementCommand extends DeskCommand {
  @Parameters(index = "0", paramLabel = "ACCOUNT", description = "its name or id")
  private String account;

  @Parameters(index = "1", paramLabel = "FEATURE", description = "one of the catalog's")
  private String feature;

  @Option(
      names = "--device",
      paramLabel = "SUBJECT",
      description = "whose; the one of the account's name where it is left out")
  private @Nullable String device;

  @Override
  Map<String, Object> ask(Desk desk) throws Exception {
    return desk.ask(
        AccountCommand.path(account) + "/entitlements/" + Desk.escaped(feature),
        "device=" + Desk.escaped(device == null ? account : device),
        null);
  }

  @Override
  void print(PrintWriter out, Map<String, Object> tree) {
    boolean unlocked = Boolean.TRUE.equals(tree.get("unlocked"));
    out.printf(
        "%s: %s is %s%n",
        Text.of(tree, "device"),
        Text.of(tree, "feature"),
        unlocked ? "unlocked until " + Text.of(tree, "until") : "locked");
  }
}
