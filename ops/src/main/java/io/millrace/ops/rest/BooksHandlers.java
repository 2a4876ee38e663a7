package io.millrace.ops.rest;

import io.millrace.connectors.check.Books;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.ops.Refusal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;

/** A tenant's books, added up again for an operator; once at a time, since all of them is read. */
public final class BooksHandlers {
  private final Books books;
  private final Tenant tenant;
  private final AtomicBoolean isChecked = new AtomicBoolean();

  /** Of a tenant. */
  public BooksHandlers(DataSource database, Tenant tenant) {
    this.books = new Books(database);
    this.tenant = tenant;
  }

  /** The handlers by operation id. */
  public Map<String, Call.Handler> all() {
    return Map.of("books", this::books);
  }

  private Answer books(Call call) throws Exception {
    if (!isChecked.compareAndSet(false, true)) {
      throw new Refusal(
          Refusal.Kind.TOO_MANY,
          "under-way",
          "the books are being added up already",
          "ask again when that is done");
    }
    try {
      List<Books.Finding> findings = books.check(tenant.id());
      return Answer.json(
          Json.object(
              "holds",
              findings.stream().allMatch(Books.Finding::holds),
              "checks",
              findings.stream()
                  .map(
                      f ->
                          Json.object(
                              "check", f.check().code(),
                              "holds", f.holds(),
                              "violations", f.violations(),
                              "example", f.holds() ? null : f.example()))
                  .toList()));
    } finally {
      isChecked.set(false);
    }
  }
}
