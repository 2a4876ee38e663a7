package io.millrace.ops.cli;

import io.millrace.ops.rest.Json;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace account}. */
@Command(
    name = "account",
    mixinStandardHelpOptions = true,
    description = "Shows accounts, opens them with a balance, pays in and puts right.",
    subcommands = {
      AccountCommand.ShowCommand.class,
      AccountCommand.HistoryCommand.class,
      EntitlementCommand.class,
      AccountCommand.OpenCommand.class,
      AccountCommand.TopUpCommand.class,
      AccountCommand.AdjustCommand.class,
      AccountCommand.TransferCommand.class
    })
public final class AccountCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing required subcommand");
  }

  static String path(String account) {
    return "/v1/accounts/" + Desk.escaped(account);
  }

  /** {@code millrace account show}. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Shows what a customer owes, has and may use. Needs a running node.")
  static final class ShowCommand extends DeskCommand {
    @Parameters(paramLabel = "ACCOUNT", description = "its name or id")
    private String account;

    @Override
    Map<String, Object> ask(Desk desk) throws Exception {
      return desk.ask(path(account), "", null);
    }

    @Override
    void print(PrintWriter out, Map<String, Object> tree) {
      for (String member : List.of("name", "id", "currency", "balance", "posted", "accrued")) {
        out.printf("%-12s %s%n", member.equals("balance") ? "owed" : member, Text.of(tree, member));
      }
      Map<String, Object> funds = Text.object(tree, "funds");
      if (!funds.isEmpty()) {
        out.println();
        funds.keySet().stream()
            .filter(m -> !m.equals("buckets") && !m.equals("units"))
            .forEach(m -> out.printf("%-12s %s%s%n", m, Text.of(funds, m), words(m, funds)));
      }
      List<Map<String, Object>> buckets = Text.list(funds, "buckets");
      if (!buckets.isEmpty()) {
        out.println();
        Text.table(out, buckets, "name", "left", "expires", "for");
      }
      List<Map<String, Object>> units = Text.list(funds, "units");
      if (!units.isEmpty()) {
        out.println();
        Text.table(out, units, "name", "allowance", "left", "unit", "expires");
      }
      List<Map<String, Object>> allowances = Text.list(tree, "allowances");
      if (!allowances.isEmpty()) {
        out.println();
        Text.table(
            out,
            allowances,
            "offer",
            "name",
            "of",
            "devices",
            "included",
            "used",
            "left",
            "usedUp",
            "forecast",
            "unit");
      }
      List<Map<String, Object>> tiers = Text.list(tree, "tiers");
      if (!tiers.isEmpty()) {
        out.println();
        Text.table(out, tiers, "offer", "of", "devices", "total", "forecast", "toNext", "unit");
      }
      List<Map<String, Object>> usage = Text.list(tree, "usage");
      if (!usage.isEmpty()) {
        out.println();
        Text.table(out, usage, "offer", "name", "period", "quantity", "unit", "amount");
      }
    }
  }

  /** What a member is, where its name says too little; nothing where there is none of it. */
  private static String words(String member, Map<String, Object> funds) {
    boolean isLent = member.equals("lent") && Text.of(funds, member).matches(".*[1-9].*");
    return isLent ? "  for devices of others that it pays for; what is not used comes back" : "";
  }

  /** {@code millrace account history}. */
  @Command(
      name = "history",
      mixinStandardHelpOptions = true,
      description = {
        "Shows what changed a balance other than use, and why; the latest first.",
        "Needs a running node."
      })
  static final class HistoryCommand extends DeskCommand {
    @Parameters(paramLabel = "ACCOUNT", description = "its name or id")
    private String account;

    @Option(
        names = "--limit",
        paramLabel = "N",
        description = "so many at most",
        defaultValue = "100")
    private int limit;

    @Option(
        names = "--kind",
        paramLabel = "KIND",
        description = "top-up, adjustment, transfer or expired")
    private @Nullable String kind;

    @Option(
        names = "--bucket",
        paramLabel = "NAME",
        description = "of that bucket; '' for the balance itself")
    private @Nullable String bucket;

    @Option(names = "--from", paramLabel = "TIME", description = "then or later")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "before then")
    private @Nullable String to;

    @Option(names = "--cursor", paramLabel = "CURSOR", description = "of the page before")
    private @Nullable String cursor;

    @Override
    Map<String, Object> ask(Desk desk) throws Exception {
      return desk.ask(
          path(account) + "/history",
          Desk.query(
              "limit", limit, "kind", kind, "bucket", bucket, "from", from, "to", to, "cursor",
              cursor),
          null);
    }

    @Override
    void print(PrintWriter out, Map<String, Object> tree) {
      Text.table(
          out,
          Text.list(tree, "changes"),
          "at",
          "kind",
          "bucket",
          "amount",
          "units",
          "unit",
          "allowance",
          "reason");
      if (tree.get("next") != null) {
        out.println("more: --cursor " + Text.of(tree, "next"));
      }
    }
  }

  /** {@code millrace account open}. */
  @Command(
      name = "open",
      mixinStandardHelpOptions = true,
      description = {
        "Opens an account with a balance, before it has devices; or changes its terms.",
        "Needs a running node."
      })
  static final class OpenCommand extends DeskCommand {
    @Parameters(paramLabel = "ACCOUNT", description = "its name")
    private String account;

    @Option(names = "--prepaid", description = "pays before it uses; else it owes, up to a limit")
    private boolean prepaid;

    @Option(names = "--credit-limit", paramLabel = "AMOUNT", description = "how far below 0")
    private @Nullable String limit;

    @Option(names = "--floor", paramLabel = "AMOUNT", description = "where the balance ends")
    private @Nullable String floor;

    @Option(
        names = "--low-balance",
        paramLabel = "AMOUNT",
        description = "with so much left above the floor it is told of as low")
    private @Nullable String low;

    @Mixin private final Once once = new Once();

    @Override
    Map<String, Object> ask(Desk desk) throws Exception {
      return desk.once(
          "/v1/accounts",
          once.key(),
          Json.object(
              "account", account,
              "kind", prepaid ? "prepaid" : "postpaid",
              "creditLimit", limit,
              "floor", floor,
              "lowBalance", low));
    }

    @Override
    void print(PrintWriter out, Map<String, Object> tree) {
      out.printf(
          "%s is open, %s down to %s %s; %s available%n",
          Text.of(tree, "name"),
          Text.of(tree, "kind"),
          Text.of(tree, "floor"),
          Text.of(tree, "currency"),
          Text.of(tree, "available"));
    }
  }

  /** Pays. */
  abstract static class PayCommand extends DeskCommand {
    @Parameters(index = "0", paramLabel = "ACCOUNT", description = "its name or id")
    String account;

    @Parameters(
        index = "1",
        paramLabel = "AMOUNT",
        description = "like 12.50; with --allowance, in its unit")
    String amount;

    @Option(
        names = "--allowance",
        paramLabel = "NAME",
        description = "the allowance that they are units of, in place of money")
    @Nullable String allowance;

    @Option(
        names = "--bucket",
        paramLabel = "NAME",
        description = "a bucket beside the main balance, drawn on before it; or one of units")
    @Nullable String bucket;

    @Option(
        names = "--expires",
        paramLabel = "TIME",
        description = "when the bucket ends, like 2026-12-31T23:00:00Z")
    @Nullable String expires;

    @Option(
        names = "--for",
        paramLabel = "EVENT-TYPE",
        description = "the only use that the bucket is for")
    @Nullable String eventType;

    @Mixin final Once once = new Once();

    Map<String, Object> asked(@Nullable String reason) {
      return Json.object(
          "amount", allowance == null ? amount : null,
          "units", allowance == null ? null : amount,
          "allowance", allowance,
          "reason", reason,
          "bucket", bucket,
          "expires", expires,
          "for", eventType);
    }

    @Override
    void print(PrintWriter out, Map<String, Object> tree) {
      boolean units = allowance != null;
      out.printf(
          "%s: %s %s, %s available%n",
          Text.of(tree, "name"),
          Text.of(tree, units ? "units" : "amount"),
          Text.of(tree, units ? "unit" : "currency"),
          Text.of(tree, "available"));
    }
  }

  /** {@code millrace account top-up}. */
  @Command(
      name = "top-up",
      mixinStandardHelpOptions = true,
      description = "Pays in. Needs a running node.")
  static final class TopUpCommand extends PayCommand {
    @Override
    Map<String, Object> ask(Desk desk) throws Exception {
      return desk.once(path(account) + "/top-up", once.key(), asked(null));
    }
  }

  /** {@code millrace account transfer}. */
  @Command(
      name = "transfer",
      mixinStandardHelpOptions = true,
      description = "Pays from one account to another. Needs a running node.")
  static final class TransferCommand extends DeskCommand {
    @Parameters(index = "0", paramLabel = "FROM", description = "its name or id")
    private String from;

    @Parameters(index = "1", paramLabel = "TO", description = "its name or id")
    private String to;

    @Parameters(index = "2", paramLabel = "AMOUNT", description = "like 12.50")
    private String amount;

    @Mixin private final Once once = new Once();

    @Override
    Map<String, Object> ask(Desk desk) throws Exception {
      return desk.once(
          "/v1/transfers", once.key(), Json.object("from", from, "to", to, "amount", amount));
    }

    @Override
    void print(PrintWriter out, Map<String, Object> tree) {
      out.printf(
          "%s %s from %s to %s, %s available%n",
          Text.of(tree, "amount"),
          Text.of(tree, "currency"),
          Text.of(tree, "from"),
          Text.of(tree, "to"),
          Text.of(tree, "available"));
    }
  }

  /** {@code millrace account adjust}. */
  @Command(
      name = "adjust",
      mixinStandardHelpOptions = true,
      description = "Puts a balance right, up or down; write -- before a negative amount.")
  static final class AdjustCommand extends PayCommand {
    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "why")
    private String reason;

    @Override
    Map<String, Object> ask(Desk desk) throws Exception {
      return desk.once(path(account) + "/adjust", once.key(), asked(reason));
    }
  }
}
