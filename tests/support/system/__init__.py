# SPDX-License-Identifier: Apache-2.0
"""Parts of the black-box tests: the program under test, a recording upstream, raw clients, certificates."""
