package io.millrace.tests.oracle;

/**
 * An account with a balance, prepaid and without credit, and the ledger accounts of its changes.
 *
 * @param overrun what it has used beyond its balance
 * @param lends whether it never uses more than it has
 * @param hasAll whether it has more than it is ever asked for
 */
public record Fund(
    int account, int balance, int overrun, int drawn, int cash, boolean lends, boolean hasAll) {}
