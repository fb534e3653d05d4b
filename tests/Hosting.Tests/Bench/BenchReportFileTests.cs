using ActorStack.CommandLine;
using ActorStack.CommandLine.Bench.Comparison;

namespace ActorStack.Hosting.Tests.Bench;

public sealed class BenchReportFileTests : IDisposable
{
    private const string Whole =
        """
        {"at":"2026-01-01T00:00:00+00:00","system":"Linux","runtime":".NET","processors":2,"figures":[
          {"scenario":"connections","target":"software","value":3,"unit":"1/s","ratioToPlain":null,"rounds":[3]}]}
        """;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorstack-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void A_whole_file_is_read() => Assert.Equal(3, Assert.Single(BenchReportFile.Read(Write(Whole)).Figures).Value);

    [Theory]
    [InlineData("", "")]
    [InlineData("\"rounds\":[3]}]}", "\"rounds\":[3]}")]
    [InlineData("\"rounds\":[3]", "\"rounds\":[]")]
    [InlineData("\"rounds\":[3]", "\"rounds\":null")]
    [InlineData(",\"rounds\":[3]", "")]
    [InlineData("\"scenario\":", "\"cell\":")]
    [InlineData("\"value\":3", "\"value\":\"three\"")]
    [InlineData("\"rounds\":[3]}", "\"rounds\":[3]}, null")]
    public void A_damaged_file_or_one_of_another_kind_is_refused_with_advice(string part, string damage)
    {
        var path = Write(part.Length == 0 ? damage : Whole.Replace(part, damage, StringComparison.Ordinal));
        var refused = Assert.Throws<CommandException>(() => BenchReportFile.Read(path));
        Assert.StartsWith($"{path} does not hold the figures of a benchmark", refused.Message, StringComparison.Ordinal);
        Assert.Contains("bench --json", refused.WhatToDo);
        Assert.Equal(ExitCodes.Failed, refused.ExitCode);
    }

    [Fact]
    public void A_figure_that_is_there_twice_is_refused()
    {
        var figure = Whole[Whole.IndexOf("{\"scenario", StringComparison.Ordinal)..^2];
        var path = Write(Whole.Replace(figure, $"{figure},{figure}", StringComparison.Ordinal));
        Assert.Throws<CommandException>(() => BenchReportFile.Read(path));
    }

    [Fact]
    public void A_file_that_does_not_exist_is_refused()
    {
        var path = Path.Combine(_directory.FullName, "missing.json");
        Assert.StartsWith(
            $"{path} cannot be read", Assert.Throws<CommandException>(() => BenchReportFile.Read(path)).Message,
            StringComparison.Ordinal);
    }

    private string Write(string text)
    {
        var path = Path.Combine(_directory.FullName, "run.json");
        File.WriteAllText(path, text);
        return path;
    }
}
