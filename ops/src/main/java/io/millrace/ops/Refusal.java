package io.millrace.ops;

/**
 * What a face of the node answers where it can't do what was asked: a code, a meaning, a next step.
 */
public final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  /** Who has to do something about it. */
  public enum Kind {
    /** The request is fine, the state of things is not: exit code 1, HTTP 409. */
    REFUSED(1, 409),
    /** What it names isn't there: exit code 1, HTTP 404. */
    UNKNOWN(1, 404),
    /** It was there, and has ended: exit code 1, HTTP 410. */
    GONE(1, 410),
    /** Nobody gets that: exit code 1, HTTP 403. */
    FORBIDDEN(1, 403),
    /** The request can't be right: exit code 2, HTTP 400. */
    MISUSE(2, 400),
    /** The body is of a kind that isn't taken: exit code 2, HTTP 415. */
    MEDIA_TYPE(2, 415),
    /** More than is taken at once: exit code 2, HTTP 413. */
    TOO_LARGE(2, 413),
    /** An {@code Idempotency-Key} that another request has used: exit code 2, HTTP 422. */
    OTHER_REQUEST(2, 422),
    /** As much as is taken is under way: exit code 3, HTTP 429. */
    TOO_MANY(3, 429),
    /** Something that is needed does not answer: exit code 3, HTTP 503. */
    UNAVAILABLE(3, 503);

    private final int exitCode;
    private final int status;

    Kind(int exitCode, int status) {
      this.exitCode = exitCode;
      this.status = status;
    }

    /** The command line's exit code. */
    public int exitCode() {
      return exitCode;
    }

    /** The HTTP status. */
    public int status() {
      return status;
    }
  }

  private final Kind kind;
  private final String code;
  private final String next;

  /**
   * A refusal.
   *
   * @param code stable, kebab-case
   * @param meaning one sentence; never the text of an exception
   * @param next what to do about it
   */
  public Refusal(Kind kind, String code, String meaning, String next) {
    super(meaning, null, false, false);
    this.kind = kind;
    this.code = code;
    this.next = next;
  }

  /** Who has to do something about it. */
  public Kind kind() {
    return kind;
  }

  /** Its stable code. */
  public String code() {
    return code;
  }

  /** One sentence. */
  public String meaning() {
    return String.valueOf(getMessage());
  }

  /** What to do about it. */
  public String next() {
    return next;
  }

  /** The database can't be asked at the moment. */
  public static Refusal database() {
    return new Refusal(
        Kind.UNAVAILABLE,
        "database-unavailable",
        "the database did not answer",
        "check that it runs and ask again; the node's log names the cause");
  }
}
