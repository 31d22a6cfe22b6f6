/** Label of every container that a stack makes; its value names the stack. */
export const STACK_LABEL = "ai-model-service.stack";

/** Label that tells what a container is for: a `task` ends by itself, a `server` is meant to run on. */
export const ROLE_LABEL = "ai-model-service.role";

/** What a container is for. */
type ContainerRole = "server" | "task";

/** The labels of a stack's container. */
export function containerLabels(stack: string, role: ContainerRole): { label: string; value: string }[] {
  return [
    { label: STACK_LABEL, value: stack },
    { label: ROLE_LABEL, value: role },
  ];
}
