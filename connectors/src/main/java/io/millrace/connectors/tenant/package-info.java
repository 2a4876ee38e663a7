/** What a tenant is in the database: its shards, rules, accounts and devices. */
@NullMarked
package io.millrace.connectors.tenant;

import org.jspecify.annotations.NullMarked;
