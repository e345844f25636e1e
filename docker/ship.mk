# SPDX-License-Identifier: Apache-2.0
#
#   make install [PREFIX=/usr/local] [DESTDIR=…]     programs, directories, manual pages, completion,
#                                                    service units; nothing is stripped
#   make uninstall                                   the same taken away; homes stay
#   make deb            a Debian package, in build/deb
#   make deb-check      the package installed in a Debian of its own, and used there
#   make boot-check     an emulated machine whose systemd runs the package's units
#   make docker-check   the image, and the demo inside it
#   make sbom           what the programs are made of, in build/sbom.spdx.json
#   make ship-deps      what these need

PREFIX ?= /usr/local
DESTDIR ?=
bindir ?= $(PREFIX)/bin
sbindir ?= $(PREFIX)/sbin
datadir ?= $(PREFIX)/share
mandir ?= $(datadir)/man
docdir ?= $(datadir)/doc/onward
completiondir ?= $(datadir)/bash-completion/completions
unitdir ?= $(PREFIX)/lib/systemd/system
sysusersdir ?= $(PREFIX)/lib/sysusers.d
tmpfilesdir ?= $(PREFIX)/lib/tmpfiles.d
INSTALL ?= install

# A page or a completion that ends in .in has parts that come from the programs' own tables.
MAN_SOURCES := $(sort $(foreach f,$(wildcard broker/*.[1-8]* broker/*/*.[1-8]* adapters/*/*.[1-8]* \
	directory/*.[1-8]* rules/*.[1-8]* rules/*/*.[1-8]*),$(if $(filter .1 .3 .5 .7 .8,$(suffix \
	$(f:.in=))),$(f))))
MAN_PAGES := $(notdir $(MAN_SOURCES:.in=))
DOCUMENTS := README.md CHANGELOG.md SECURITY.md ARCHITECTURE.md broker/config/HOME.md \
	broker/OPERATING.md broker/DATA-PROTECTION.md broker/core/LIFECYCLE.md \
	broker/wire/PROTOCOL.md directory/FORMAT.md directory/coverage/COVERAGE.md \
	directory/exchange/EXCHANGE.md rules/LANGUAGE.md
UNITS := onwardd.service onward-inbox@.service

.PHONY: man install install-files uninstall deb deb-check boot-check docker-check sbom ship-deps
# From the programs that are in B, as they are: building them is not this rule's affair, so that
# another compiler's or a sanitizer's build can be looked at too.
man:
	@rm -rf $(B)/man $(B)/completion
	@mkdir -p $(B)/man $(B)/completion
	@for source in $(MAN_SOURCES); do \
		name=$$(basename "$${source%.in}"); \
		case $$source in \
		*.in) broker/cli/tables.py $(B)/bin "$$source" >"$(B)/man/$$name" ;; \
		*) cp "$$source" "$(B)/man/$$name" ;; \
		esac; \
	done
	@broker/cli/tables.py $(B)/bin broker/cli/onward.bash.in >$(B)/completion/onward

install: programs lib-rules
	@$(MAKE) install-files install-rules
man_target = $(DESTDIR)$(mandir)/man$(patsubst .%,%,$(suffix $(1)))/$(1)
install-files: man
	@$(INSTALL) -d $(DESTDIR)$(bindir) $(DESTDIR)$(sbindir) $(DESTDIR)$(completiondir) \
		$(DESTDIR)$(datadir)/onward $(DESTDIR)$(docdir)/examples $(DESTDIR)$(unitdir) \
		$(DESTDIR)$(sysusersdir) $(DESTDIR)$(tmpfilesdir) \
		$(sort $(dir $(foreach p,$(MAN_PAGES),$(call man_target,$(p)))))
	@$(INSTALL) -m 755 $(B)/bin/onward $(B)/bin/onward-inbox $(DESTDIR)$(bindir)
	@$(INSTALL) -m 755 $(B)/bin/onwardd $(DESTDIR)$(sbindir)
	@cd directory/data && find . -name '*.yaml' -exec $(INSTALL) -D -m 644 \
		{} $(abspath $(DESTDIR)$(datadir))/onward/directory/{} \;
	@$(foreach p,$(MAN_PAGES),$(INSTALL) -m 644 $(B)/man/$(p) $(call man_target,$(p));)
	@$(INSTALL) -m 644 $(B)/completion/onward $(DESTDIR)$(completiondir)/onward
	@ln -sf onward $(DESTDIR)$(completiondir)/onwardd
	@ln -sf onward $(DESTDIR)$(completiondir)/onward-inbox
	@for unit in broker/onwardd.service adapters/inbox/onward-inbox@.service; do \
		sed 's|@bindir@|$(bindir)|; s|@sbindir@|$(sbindir)|' "$$unit.in" \
			>"$(DESTDIR)$(unitdir)/$${unit##*/}"; \
		chmod 644 "$(DESTDIR)$(unitdir)/$${unit##*/}"; \
	done
	@$(INSTALL) -m 644 docker/systemd/onward.sysusers $(DESTDIR)$(sysusersdir)/onward.conf
	@$(INSTALL) -m 644 docker/systemd/onward.tmpfiles $(DESTDIR)$(tmpfilesdir)/onward.conf
	@$(INSTALL) -m 644 $(DOCUMENTS) $(DESTDIR)$(docdir)
	@$(INSTALL) -m 644 tests/samples/*.json tests/samples/README.md $(DESTDIR)$(docdir)/examples
uninstall: uninstall-rules
	@rm -f $(DESTDIR)$(bindir)/onward $(DESTDIR)$(bindir)/onward-inbox $(DESTDIR)$(sbindir)/onwardd
	@rm -f $(foreach p,$(MAN_PAGES),$(call man_target,$(p)))
	@rm -f $(addprefix $(DESTDIR)$(completiondir)/,onward onwardd onward-inbox)
	@rm -f $(addprefix $(DESTDIR)$(unitdir)/,$(UNITS))
	@rm -f $(DESTDIR)$(sysusersdir)/onward.conf $(DESTDIR)$(tmpfilesdir)/onward.conf
	@rm -rf $(DESTDIR)$(datadir)/onward/directory $(DESTDIR)$(docdir)/examples
	@rm -f $(addprefix $(DESTDIR)$(docdir)/,$(notdir $(DOCUMENTS)))
	@rmdir --ignore-fail-on-non-empty $(DESTDIR)$(datadir)/onward $(DESTDIR)$(docdir)

ship-deps: deps
	@tests/check/deps ship
deb: ship-deps
	@docker/deb
deb-check: deb
	@docker/deb-check
boot-check: deb
	@tests/check/deps boot
	@docker/boot-check
docker-check: ship-deps
	@docker/check.py
sbom: deps
	@$(MAKE) programs
	@docker/sbom.py $(VERSION) $(addprefix $(B)/bin/,$(PROGRAMS)) >build/sbom.spdx.json
	@echo "build/sbom.spdx.json"
