using ActorStack.Hosting.Cluster;
using ActorStack.Hosting.Options;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ActorStack.Hosting;

/// <summary>Prepares an actor system to run a stack.</summary>
public static class AkkaActorStackHostingExtensions
{
    private const string HoconFile = "akka.hocon";

    /// <summary>
    /// Adds the stack's HOCON: its options, then <c>akka.hocon</c> of the content root where that exists, then the defaults.
    /// <see cref="ActorStackServiceCollectionExtensions.AddActorStack"/> registers the stack itself, which is available as
    /// <c>IRequiredActor&lt;StackActor&gt;</c> after the host has started.
    /// </summary>
    public static AkkaConfigurationBuilder WithActorStack(this AkkaConfigurationBuilder builder, IServiceProvider provider)
    {
        try
        {
            var config = Compose(provider);
            var cluster = ClusterSettings.Read(HoconSection.OfStack(config));
            if (ClusterCertificate.Setup(cluster) is { } certificate) builder.AddSetup(certificate);
            return builder.AddHocon(config, HoconAddMode.Append);
        }
        catch (Exception error) when (error is not StackStartException && StackStartException.From(error) is { } failure)
        {
            throw failure;
        }
    }

    private static Config Compose(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<ActorStackOptions>>().Value;
        var overrides = HostingReference.From(options);
        var file = Path.Combine(provider.GetRequiredService<IHostEnvironment>().ContentRootPath, HoconFile);
        if (File.Exists(file)) overrides = overrides.WithFallback(Read(file));
        var whole = overrides.WithFallback(HostingReference.Defaults);
        var journal = provider.GetRequiredService<StackJournal>().Open(whole);
        return journal.WithFallback(HostingReference.ShutdownPhase(whole)).WithFallback(whole).WithFallback(Cluster(whole));
    }

    /// <summary>
    /// The defaults of Akka.Cluster where the options name a cluster; what <c>akka.hocon</c> sets goes before them.
    /// </summary>
    private static Config Cluster(Config whole)
    {
        var stack = HoconSection.OfStack(whole);
        return ClusterHocon.Of(ClusterSettings.Read(stack), stack.Read(StackOptionTable.DrainLimit));
    }

    private static Config Read(string file)
    {
        try
        {
            return ConfigurationFactory.ParseString(File.ReadAllText(file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new StackStartException($"{file} cannot be read: {error.Message}", "Correct the file.", error);
        }
    }
}
