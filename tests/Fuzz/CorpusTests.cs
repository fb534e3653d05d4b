using Xunit.Abstractions;

namespace ActorStack.Fuzz;

public sealed class CorpusTests(ITestOutputHelper output)
{
    /// <summary>Inputs of a campaign; the more expensive a target's, the fewer.</summary>
    private static readonly Dictionary<string, int> CampaignSizes = new()
    {
        ["packet"] = 50_000,
        ["fragments"] = 3_000,
        ["host"] = 1_500,
        ["segments"] = 1_500,
        ["transfer"] = 500,
        ["record"] = 5_000,
        ["message"] = 50_000,
        ["policy"] = 3_000,
    };

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Keys];

    [Theory]
    [MemberData(nameof(Targets))]
    public void No_input_of_the_corpus_breaks_the_target(string target)
    {
        var files = Corpus.Files(target);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var error = Record.Exception(() => FuzzTargets.All[target](File.ReadAllBytes(file)));
            Assert.True(error is null, $"{Path.GetFileName(file)}: {error}");
        }
    }

    /// <summary>ACTORSTACK_FUZZ_SEED chooses another seed.</summary>
    [Theory]
    [MemberData(nameof(Targets))]
    public void No_input_of_chance_breaks_the_target(string target)
    {
        var seed = int.Parse(Environment.GetEnvironmentVariable("ACTORSTACK_FUZZ_SEED") ?? "1");
        output.WriteLine($"seed {seed}");
        new Campaign(seed, Corpus.Inputs(target)).Run(FuzzTargets.All[target], CampaignSizes[target]);
    }

    [Fact]
    public void A_target_that_throws_is_named_with_its_input()
    {
        var error = Assert.Throws<InvariantException>(
            () => new Campaign(3, []).Run(_ => throw new InvalidOperationException("found"), 1));
        Assert.Contains("seed 3, input 0", error.Message);
        Assert.Contains("found", error.Message);
    }
}
