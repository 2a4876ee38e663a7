package io.millrace.connectors.dedupe;

/**
 * A message whose key another exchange is working on. Neither new nor a duplicate: the exchange
 * fails and the message comes again, when the other has confirmed it, given it back or died.
 */
public final class LeaseHeld extends RuntimeException {

  private static final long serialVersionUID = 1L;

  LeaseHeld(String repository) {
    super(
        "a message with this key is in progress in repository "
            + repository
            + "; deliver it again");
  }
}
