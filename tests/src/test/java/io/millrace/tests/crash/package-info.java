/** Gateway, broker and ERP as processes that are killed, paused and started again. */
@NullMarked
package io.millrace.tests.crash;

import org.jspecify.annotations.NullMarked;
