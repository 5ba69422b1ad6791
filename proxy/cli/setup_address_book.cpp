// SPDX-License-Identifier: Apache-2.0
// Says first what is read, and what would be kept of it.
#include "proxy/cli/setup_address_book.hpp"

#include "classifier/mail/ascii.hpp"
#include "proxy/cli/asking.hpp"
#include "proxy/cli/exit_codes.hpp"
#include "proxy/cli/look.hpp"
#include "proxy/cli/messages_find.hpp"
#include "proxy/platform/instance_lock.hpp"
#include "proxy/setup/address_book.hpp"
#include "proxy/setup/thunderbird_profiles.hpp"

#include <ostream>
#include <set>
#include <utility>

namespace todoku::cli {

namespace fs = std::filesystem;
using store::RequestOutcome;

namespace {

constexpr std::size_t most_shown = 20;

// What was found in the books.
struct People {
  std::vector<store::KnownPerson> right;
  std::vector<std::pair<std::string, std::string>> doubtful;  // and what was probably meant
};

class Command {
 public:
  Command(const SetupOptions& options, const AddressBookTools& tools)
      : options_(options), tools_(tools), look_{tools.catalog, tools.console.columns} {
    look_.is_running = platform::InstanceLock::is_held(tools.state_dir);
    place_ = place_options(options.config, options.state_dir);
  }

  int run() {
    const auto books = find_books();
    if (books.empty()) return fail("setup.no_address_book", {}, exit_no_input);
    auto opened = open_reader(tools_.state_dir, tools_.sealer);
    if (const auto* problem = std::get_if<Problem>(&opened)) return fail(*problem);
    say("setup.intro");
    auto people = read(books);
    show(people);
    if (people.right.empty()) return fail("setup.nobody", {}, exit_data);
    const auto count = std::to_string(people.right.size());
    if (const auto stopped = stop_without_consent(count)) return *stopped;
    return keep(*std::get<std::unique_ptr<store::Reader>>(opened), std::move(people.right), count);
  }

 private:
  std::vector<fs::path> find_books() const {
    std::vector<fs::path> profiles(options_.profiles.begin(), options_.profiles.end());
    if (profiles.empty()) profiles = setup::find_profiles(tools_.thunderbird_dirs);
    std::vector<fs::path> books;
    for (const auto& profile : profiles) {
      auto found = setup::address_books_in(profile);
      std::move(found.begin(), found.end(), std::back_inserter(books));
    }
    return books;
  }

  People read(const std::vector<fs::path>& books) {
    People people;
    std::set<std::string> seen;
    for (const auto& file : books) {
      const auto book = setup::read_address_book(file, tools_.state_dir);
      const auto name = shown(file.string());
      if (book.has_error()) {
        say("setup.book_unreadable", {{"file", name}, {"problem", book.error().message()}});
        continue;
      }
      say("setup.book", {{"file", name}, {"count", std::to_string(book->people.size())}});
      for (const auto& [address, times] : book->people) {
        if (!seen.insert(mail::lower_copy(address)).second) continue;
        // Without a suggestion it may be a name that only this organisation knows.
        auto finding = tools_.checker.check(address);
        if (finding.suggestion.empty()) {
          people.right.push_back({address, times});
        } else {
          people.doubtful.emplace_back(address, std::move(finding.suggestion));
        }
      }
    }
    return people;
  }

  void show(const People& people) {
    if (people.doubtful.empty()) return;
    say("setup.doubtful", {{"count", std::to_string(people.doubtful.size())}});
    for (std::size_t i = 0; i < std::min(most_shown, people.doubtful.size()); ++i) {
      const auto& [address, meant] = people.doubtful[i];
      say("setup.doubtful_one", {{"address", shown(address)}, {"suggestion", shown(meant)}});
    }
  }

  std::optional<int> stop_without_consent(const std::string& count) {
    if (options_.yes) return std::nullopt;
    const auto question = tools_.catalog.render("setup.ask", {{"count", count}});
    switch (ask_consent(tools_.console, question)) {
      case Consent::given:
        return std::nullopt;
      case Consent::refused:
        say("setup.left_alone");
        return exit_ok;
      case Consent::cannot_ask:
        break;
    }
    return fail("setup.needs_yes", {{"command", "todoku setup address-book --yes" + place_}},
                exit_usage);
  }

  int keep(store::Reader& reader, std::vector<store::KnownPerson> people,
           const std::string& count) {
    store::Request request;
    request.verb = store::Verb::know_people;
    request.people = std::move(people);
    const auto number = reader.ask(request);
    if (number.has_error()) return fail(reader_problem(tools_.state_dir, number.error()));
    auto outcome = Result<RequestOutcome>(RequestOutcome::pending);
    if (look_.is_running) outcome = wait_for_outcome(reader, *number, tools_.console);
    if (outcome.has_error()) return fail(reader_problem(tools_.state_dir, outcome.error()));
    const bool is_done = *outcome == RequestOutcome::done;
    say(is_done            ? "setup.people_known"
        : look_.is_running ? "setup.no_answer"
                           : "setup.at_next_start",
        {{"count", count}});
    return is_done || !look_.is_running ? exit_ok : exit_try_later;
  }

  void say(const char* key, const explain::Parameters& parameters = {}) {
    tools_.console.out << told(look_, key, parameters) << std::flush;
  }
  int fail(const char* key, const explain::Parameters& parameters, int exit_code) {
    tools_.console.error << told(look_, key, parameters);
    return exit_code;
  }
  int fail(const Problem& problem) {
    tools_.console.error << told(look_, problem.key, problem.parameters);
    return problem.exit_code;
  }

  const SetupOptions& options_;
  const AddressBookTools& tools_;
  Look look_;
  std::string place_;  // options that the command has to be repeated with
};

}  // namespace

int run_setup_address_book(const SetupOptions& options, const AddressBookTools& tools) {
  return Command(options, tools).run();
}

}  // namespace todoku::cli
