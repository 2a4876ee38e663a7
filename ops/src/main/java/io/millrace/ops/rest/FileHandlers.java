package io.millrace.ops.rest;

import io.millrace.connectors.files.FileClaim;
import io.millrace.connectors.files.FileReport;
import io.millrace.connectors.files.FileReports;
import io.millrace.connectors.tenant.Tenant;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;

/** The files that sources have read, read from the database. */
public final class FileHandlers {
  private final FileReports reports;

  /** Of a tenant. */
  public FileHandlers(DataSource database, Tenant tenant) {
    this.reports = new FileReports(database, tenant.id());
  }

  /** The handlers by operation id. */
  public Map<String, Call.Handler> all() {
    return Map.of("files", this::list);
  }

  private Answer list(Call call) throws Exception {
    String state = call.optionalText("state");
    String cursor = call.optionalText("cursor");
    FileReports.Page page =
        reports.list(
            call.optionalText("source"),
            state == null ? null : FileClaim.State.valueOf(state.toUpperCase(Locale.ROOT)),
            call.number("limit"),
            cursor == null ? Long.MAX_VALUE : Long.parseLong(cursor));
    return Answer.json(
        Json.object(
            "files", page.files().stream().map(FileHandlers::file).toList(),
            "next", page.next().map(String::valueOf).orElse(null)));
  }

  private static Map<String, Object> file(FileReport f) {
    return Json.object(
        "id", f.id(),
        "source", f.source(),
        "path", f.file().path(),
        "size", f.file().size(),
        "modified", Instant.ofEpochSecond(f.file().modified()),
        "state", f.state().word(),
        "lines", f.lines(),
        "nextLine", f.nextLine(),
        "charged", f.counts().charged(),
        "duplicate", f.counts().duplicate(),
        "suspended", f.counts().suspended(),
        "sameAs", f.sameAs().orElse(null),
        "reason", f.reason().orElse(null),
        "reader", f.reader().orElse(null),
        "foundAt", f.foundAt(),
        "changedAt", f.changedAt());
  }
}
