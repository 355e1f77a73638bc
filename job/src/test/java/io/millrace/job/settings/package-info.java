@NullMarked
package io.millrace.job.settings;

import org.jspecify.annotations.NullMarked;
