package io.millrace.ops.cli;

import io.millrace.connectors.shard.StoreUnavailable;
import io.millrace.connectors.store.DatabaseUnavailable;
import io.millrace.ops.Refusal;
import io.millrace.ops.rest.Json;
import java.io.PrintWriter;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Says what went wrong in a code, a meaning and a next step, and gives the exit code. */
public final class CommandErrors implements IParameterExceptionHandler, IExecutionExceptionHandler {

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine line = e.getCommandLine();
    PrintWriter err = line.getErr();
    boolean json = Arrays.asList(args).contains("--json");
    String name = line.getCommandSpec().qualifiedName();
    print(
        new Refusal(
            Refusal.Kind.MISUSE,
            "misuse",
            String.valueOf(e.getMessage())
                .strip()
                .replaceAll("is not an? (int|long)$", "is not a whole number")
                .replaceFirst("^Unmatched arguments? (from|at) index \\d+:", "there is no"),
            "see `" + name + " --help`"),
        json,
        err);
    if (!json && !CommandLine.UnmatchedArgumentException.printSuggestions(e, err)) {
      err.flush();
    }
    return Refusal.Kind.MISUSE.exitCode();
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine line, ParseResult parsed)
      throws Exception {
    Refusal refusal = refusal(e);
    if (refusal == null) {
      throw e;
    }
    boolean json = parsed.originalArgs().contains("--json");
    print(refusal, json, line.getErr());
    return refusal.kind().exitCode();
  }

  /** What is expected to fail, by its cause; null for a bug. */
  private static @Nullable Refusal refusal(Exception e) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      switch (at) {
        case Refusal refusal -> {
          return refusal;
        }
        case DatabaseUnavailable unavailable -> {
          return new Refusal(
              Refusal.Kind.UNAVAILABLE,
              "database-unavailable",
              unavailable.what(),
              unavailable.next());
        }
        case SQLException failed -> {
          return Refusal.database();
        }
        case StoreUnavailable failed -> {
          return Refusal.database();
        }
        case BindException taken -> {
          return new Refusal(
              Refusal.Kind.UNAVAILABLE,
              "port-taken",
              "can't listen: " + taken.getMessage(),
              "end what listens there, or set `http: {port: ...}` in the configuration");
        }
        default -> {
          // Look at its cause.
        }
      }
    }
    return null;
  }

  private static void print(Refusal refusal, boolean json, PrintWriter err) {
    if (json) {
      err.print(
          new String(
              Json.write(
                  Json.object(
                      "code", refusal.code(),
                      "meaning", refusal.meaning(),
                      "next", refusal.next())),
              StandardCharsets.UTF_8));
    } else {
      err.println("millrace: " + refusal.code() + ": " + refusal.meaning());
      err.println("  next: " + refusal.next());
    }
    err.flush();
  }
}
