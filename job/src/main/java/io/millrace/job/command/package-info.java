/** The command line: one small class per verb, exit codes, what goes to which stream. */
@NullMarked
package io.millrace.job.command;

import org.jspecify.annotations.NullMarked;
