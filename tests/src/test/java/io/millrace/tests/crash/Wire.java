package io.millrace.tests.crash;

/** A broker in this process, as a trial of a source needs it. */
interface Wire extends Sender {
  /** Ends it; what it has is there again after {@link #restart()}. */
  void stop() throws Exception;

  void restart() throws Exception;

  /** A reader beside the gateway's takes some over, acknowledges nothing, and ends. */
  void comeAndDie() throws Exception;

  /** Whether all that was published, that many, has been acknowledged. */
  boolean isAcknowledged(long published) throws Exception;
}
