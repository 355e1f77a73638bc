@NullMarked
package io.millrace.job.console;

import org.jspecify.annotations.NullMarked;
