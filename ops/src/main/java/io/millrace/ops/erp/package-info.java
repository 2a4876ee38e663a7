/** The demo's and the tests' ERP: a small HTTP server that keeps journal entries for good. */
@NullMarked
package io.millrace.ops.erp;

import org.jspecify.annotations.NullMarked;
