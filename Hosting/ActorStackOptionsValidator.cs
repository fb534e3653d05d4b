using ActorStack.Hosting.Options;
using Microsoft.Extensions.Options;

namespace ActorStack.Hosting;

/// <summary>Checks the options before the stack changes anything on the host. Every message says what to do.</summary>
internal sealed class ActorStackOptionsValidator(IEnumerable<ConnectionRegistration> registrations)
    : IValidateOptions<ActorStackOptions>
{
    public ValidateOptionsResult Validate(string? name, ActorStackOptions options)
    {
        string[] failures = [.. StackOptionTable.Table.Refuse(options), .. RefuseMtu(options), .. RefusePorts()];
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    /// <summary>Refuses an MTU that is within the option's range but too small for an address of the stack.</summary>
    private static IEnumerable<string> RefuseMtu(ActorStackOptions options)
    {
        if (options.Mtu is not { } mtu || StackOptionTable.Mtu.Type.Refuse(mtu) is not null) return [];
        var narrowed = StackOptionTable.MtuOf(hasIPv6: options.Addresses.Any(address => address.Contains(':')));
        return narrowed.Refuse(nameof(options.Mtu), mtu) is { } refusal ? [refusal] : [];
    }

    private IEnumerable<string> RefusePorts() =>
        from taken in registrations.Where(service => service.Port > 0).GroupBy(service => service.Port)
        where taken.Count() > 1
        let names = string.Join(" and ", taken.Select(service => service.Name))
        select $"Port {taken.Key} is in use: {names} both want it; give each service a port of its own.";
}
