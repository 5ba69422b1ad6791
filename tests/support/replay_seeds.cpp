// SPDX-License-Identifier: Apache-2.0
// main() of a fuzz program without libFuzzer: runs every seed file of the given folders, and
// deterministic mutations of each, so that the fuzz targets also work as plain tests.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size);

namespace {

constexpr int mutations_per_seed = 2000;

void run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const unsigned char*>(input.data()), input.size());
}

void mutate(std::string& input, std::mt19937& random) {
  static constexpr std::string_view spice("\r\n.\0\xE3<>@:=\"* A\x01", 16);
  const std::size_t at = input.empty() ? 0 : random() % input.size();
  const char c = random() % 2 == 0 ? spice[random() % spice.size()] : static_cast<char>(random());
  switch (random() % 4) {
    case 0:
      input.insert(at, 1, c);
      break;
    case 1:
      if (!input.empty()) input[at] = c;
      break;
    case 2:
      if (!input.empty()) input.erase(at, 1 + random() % 4);
      break;
    default:
      input.insert(at, input.substr(random() % (input.size() + 1), 30));
      break;
  }
}

void run_seed(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string seed((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  run(seed);
  std::mt19937 random(20240611);
  for (int i = 0; i < mutations_per_seed; ++i) {
    std::string input = seed;
    for (auto count = 1 + random() % 6; count > 0; --count) mutate(input, random);
    run(input);
  }
}

}  // namespace

int main(int argc, char** argv) {
  int seeds = 0;
  run("");
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      if (!entry.is_regular_file()) continue;
      run_seed(entry.path());
      ++seeds;
    }
  }
  std::printf("%d seeds replayed\n", seeds);
  return seeds == 0 ? 1 : 0;
}
